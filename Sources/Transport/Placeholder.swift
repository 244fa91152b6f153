// Replaced by the first part of Transport that lands.
