// Replaced by the first part of LDAPServer that lands.
