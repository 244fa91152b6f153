// Replaced by the first tests of Storage that land.
