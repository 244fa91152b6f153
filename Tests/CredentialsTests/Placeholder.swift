// Replaced by the first tests of Credentials that land.
