"""A full disk under either agent: the people of before are served, and once there is room again, those of now."""

import os
import shutil
import subprocess
import sys
import unittest

from . import servers


class FullDisk(unittest.TestCase):
    def on_a_full_disk(self, agent):
        folder = servers.temporary_folder("disk")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        script = f"mount -t tmpfs -o size=300m none {folder} || exit 99; exec {sys.executable} -B -m suite.full_disk {agent} {folder}"
        namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
        ended = subprocess.run([*namespace, "sh", "-c", script], capture_output=True, text=True, timeout=180, cwd=servers.INTEROP)
        if ended.returncode == 99 or "unshare failed" in ended.stderr:
            self.skipTest("no mount namespace here")
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_peopled_serves_whom_it_has_and_goes_on_when_there_is_room(self):
        self.on_a_full_disk("peopled")

    def test_peoplefeed_says_what_it_has_and_goes_on_when_there_is_room(self):
        self.on_a_full_disk("peoplefeed")
