// Replaced by the first tests of AttributeIndex that land.
