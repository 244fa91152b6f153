"""The differential test, on data and searches that were never seen before: the seed is new each time, and printed."""

import random
import unittest

from . import differential


class Differential(unittest.TestCase):
    def check(self, seed, count, against):
        outcome = differential.compare_servers(seed, count, against=against, show=10)
        print(outcome.summary(), flush=True)
        self.assertGreaterEqual(outcome.asked, count)
        self.assertGreaterEqual(outcome.agreement, 0.99, f"reproduce: Interop/differential --seed {seed} --count {count}")
        self.assertEqual(len(outcome.unexplained), 0, f"reproduce: Interop/differential --seed {seed} --count {count}")

    def test_peopled_agrees_with_slapd(self):
        self.check(random.SystemRandom().randrange(10 ** 9), 3000, "slapd")

    def test_the_comparison_itself_is_sound(self):
        """slapd agrees with a slapd that holds what it exported: the differences found elsewhere are real."""
        self.check(random.SystemRandom().randrange(10 ** 9), 300, "itself")
