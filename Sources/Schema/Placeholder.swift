// Replaced by the first part of Schema that lands.
