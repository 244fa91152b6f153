"""The command that a new user runs first."""

import os
import signal
import socket
import subprocess
import unittest

from . import servers


def quickstart(port, timeout=900):
    return subprocess.run([servers.INTEROP / "quickstart", "--check", "--port",
                           str(port)],
                          capture_output=True,
                          text=True,
                          timeout=timeout)


class Quickstart(unittest.TestCase):
    def test_check_succeeds(self):
        ended = quickstart(servers.free_port())
        self.assertEqual(ended.returncode, 0, ended.stdout[-2000:] + ended.stderr[-2000:])
        self.assertEqual(ended.stdout.count("ldapsearch -x"), 3, "three commands are shown")
        self.assertIn("Everything works", ended.stdout)

    def test_port_in_use_is_said(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            ended = quickstart(port)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn(f"port {port}", ended.stderr)
        self.assertIn("in use", ended.stderr)

    def test_it_stays_until_it_is_interrupted(self):
        port = servers.free_port()
        with subprocess.Popen(
            [servers.INTEROP / "quickstart", "--port", str(port)],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True) as running:
            for line in running.stdout:
                if "until you press Ctrl-C" in line:
                    break
            self.assertIsNone(running.poll(), "it stays up")
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            os.killpg(running.pid, signal.SIGINT)
            rest = running.stdout.read()
            self.assertEqual(running.wait(timeout=30), 0, rest)
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1)
