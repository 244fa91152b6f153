"""Either agent killed 200 times under load; `Interop/storm 1000` is the longer one. STORM_KILLS says how many."""

import os
import random
import unittest

from . import storm


class Storm(unittest.TestCase):
    def test_nobody_is_lost_or_written_twice_however_often_an_agent_is_killed(self):
        seed = random.randrange(1 << 30)
        print(f"seed {seed}", flush=True)
        with self.subTest(seed=seed):
            storm.run(int(os.environ.get("STORM_KILLS", "200")), seed, say=lambda text: print(text, flush=True))
