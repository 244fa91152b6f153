// Replaced by the first part of Provisioning that lands.
