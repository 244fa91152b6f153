// Replaced by the first tests of BER that land.
