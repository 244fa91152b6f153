// Replaced by the first tests of Directory that land.
