// Replaced by the first part of LDAP that lands.
