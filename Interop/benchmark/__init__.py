"""The benchmark: peopled, slapd and the floor on one machine, in one run, by turns."""
