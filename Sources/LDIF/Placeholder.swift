// Replaced by the first part of LDIF that lands.
