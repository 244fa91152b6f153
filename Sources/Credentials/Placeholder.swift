// Replaced by the first part of Credentials that lands.
