// Replaced by the first tests of EventLog that land.
