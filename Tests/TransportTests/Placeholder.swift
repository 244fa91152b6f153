// Replaced by the first tests of Transport that land.
