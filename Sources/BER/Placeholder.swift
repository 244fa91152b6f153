// Replaced by the first part of BER that lands.
