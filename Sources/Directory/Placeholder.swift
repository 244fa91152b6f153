// Replaced by the first part of Directory that lands.
