// Replaced by the first tests of LDAPServer that land.
