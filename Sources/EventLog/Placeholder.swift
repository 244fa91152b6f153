// Replaced by the first part of EventLog that lands.
