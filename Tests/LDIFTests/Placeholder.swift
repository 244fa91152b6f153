// Replaced by the first tests of LDIF that land.
