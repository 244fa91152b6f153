// Replaced by the first part of AttributeIndex that lands.
