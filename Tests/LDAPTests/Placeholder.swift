// Replaced by the first tests of LDAP that land.
