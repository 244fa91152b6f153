// Replaced by the first tests of Schema that land.
