// Replaced by the first tests of peopled that land.
