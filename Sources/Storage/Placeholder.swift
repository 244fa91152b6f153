// Replaced by the first part of Storage that lands.
