// Replaced by the first tests of Provisioning that land.
