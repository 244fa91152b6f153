"""The feed as an administrator meets it: README's walk-through, command by command, and status, changes, resync, keys and check."""

import json
import os
import re
import shutil
import subprocess
import time
import unittest

from . import agents, servers

README = servers.REPOSITORY / "README.md"
SAMPLE = servers.REPOSITORY / "Config" / "sample"


def walk_through():
    """The commands of README's section on the feed."""
    text = README.read_text()
    section = text[text.index("## Fed by an identity provider"):]
    return re.search(r"```sh\n(.*?)```", section, re.DOTALL).group(1)


class WalkThrough(unittest.TestCase):
    def test_readmes_commands_do_what_they_say(self):
        ports = {name: str(servers.free_port()) for name in ("3389", "8443", "8444")}
        folder = servers.temporary_folder("walk-through")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        lines = walk_through().splitlines()
        copies = [line for line in lines if line.startswith("cp -r Config/sample ")]
        self.assertEqual(len(copies), 1, "the sample is copied first")
        script = ["set -e"]
        for line in lines:
            line = line.replace("/tmp/sample", str(folder / "sample")).replace("PATH=$PWD/.build/release:", f"PATH={self.binaries()}:")
            for port, free in ports.items():
                line = line.replace(f":{port}", f":{free}")
            script.append(line)
            if line.startswith("cp -r "):
                # The ports of the sample may be somebody else's on a machine that runs tests.
                script += [f"sed -i s/:{port}/:{free}/ *.json5" for port, free in ports.items()]
        script.append("wait")
        ended = subprocess.run(["bash", "-c", "\n".join(script)], cwd=servers.REPOSITORY, capture_output=True, text=True, timeout=60)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        before, _, after = ended.stdout.partition("change.ldif: 0 added, 1 modified, 1 removed")
        self.assertIn("mail: ada@example.edu", before, ended.stdout + ended.stderr)
        self.assertIn("uid=alan", before)
        self.assertIn("mail: countess@example.edu", after)
        self.assertNotIn("mail: ada@example.edu", after)
        self.assertIn("following  subscription  2 ", after)
        self.assertRegex(after, r"modified +uid=ada,ou=People,dc=example,dc=edu \(mail\)")
        self.assertRegex(after, r"removed +uid=alan,ou=People,dc=example,dc=edu")
        self.assertIn("everybody is fetched anew", after)

    def binaries(self):
        """A folder with both under their names."""
        folder = servers.temporary_folder("binaries")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        os.symlink(os.path.abspath(servers.peopled_binary()), folder / "peopled")
        os.symlink(os.path.abspath(agents.peoplefeed_binary()), folder / "peoplefeed")
        return folder

    def test_the_complete_configurations_are_in_order(self):
        text = (servers.REPOSITORY / "Config" / "peopled.json5").read_text()
        feed = re.search(r"  /\*\n(  serviceProvider: .*?)  \*/", text, re.DOTALL).group(1)
        folder = servers.temporary_folder("complete")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        subprocess.run([servers.peopled_binary(), "keys", folder / "tls", "--name", "localhost"], check=True, capture_output=True)
        (folder / "peopled.json5").write_text('{ suffix: "dc=example,dc=edu", data: "data",' + feed + "}")
        ended = subprocess.run([servers.peopled_binary(), "check", "--config", folder / "peopled.json5"], capture_output=True, text=True)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""), ended.stdout)
        self.assertIn("people come from https://idp.example.edu/idp, by subscription", ended.stdout)


class Administration(unittest.TestCase):
    def setUp(self):
        self.agents = agents.Agents(update="changelog", every="1s", name="administration")
        self.addCleanup(self.agents.__exit__)
        self.people = [agents.person(number) for number in range(60)]
        self.agents.write(self.people)

    def changes(self, *options):
        found = self.agents.people.run("changes", "--json", *options)
        self.assertEqual(found.returncode, 0, found.stderr)
        return [json.loads(line) for line in found.stdout.splitlines()]

    def wait_for(self, what, condition, seconds=20):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"{what}\n{self.agents.logs()}")
            time.sleep(0.1)

    def test_without_a_server_commands_say_what_to_do(self):
        for command in (["status"], ["changes"], ["resync", agents.IDP]):
            self.agents.people.write_configuration()
            ended = self.agents.people.run(*command)
            self.assertEqual(ended.returncode, 12, ended.stderr)
            self.assertIn("no server answers at", ended.stderr)
            self.assertIn("peopled serve", ended.stderr)

    def test_a_delivery_that_removes_too_many_is_held_until_somebody_decides(self):
        self.agents.feed.configuration["registry"]["maximumRemoved"] = 100
        self.agents.start()
        self.agents.wait_until_served(self.people)
        self.agents.write(self.people[:20])
        self.wait_for("it is held", lambda: self.agents.status()["phase"] == "held")
        self.assertEqual(self.agents.status()["heldRemovals"], 40)
        table = self.agents.people.run("status").stdout
        self.assertIn("40 of 60 people would go", table)
        self.assertIn(f"peopled resync {agents.IDP} --accept", table)
        self.assertEqual([event["kind"] for event in self.changes("--errors")], ["held"])
        found = subprocess.run(["ldapsearch", "-x", "-LLL", "-H", self.agents.url, "-b", "cn=Sources,cn=Monitor", "monitoredInfo"],
                               capture_output=True, text=True, timeout=30)
        self.assertIn("monitoredInfo: phase: held", found.stdout)
        self.assertEqual(self.agents.differences(self.people), "", "what was served is served")
        # It is held over a restart, too.
        self.assertEqual(self.agents.people.stop(), 0)
        self.agents.people.start()
        self.wait_for("it is still held", lambda: self.agents.status()["phase"] == "held")
        ended = self.agents.people.run("resync", agents.IDP, "--accept")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        self.agents.wait_until_served(self.people[:20])
        # People are served a moment before it is recorded.
        self.wait_for("it is recorded", lambda: [event["kind"] for event in self.changes("--last", "1")] == ["accepted"])
        kinds = [event["kind"] for event in self.changes("--last", "1000")]
        self.assertEqual((kinds.count("removed"), kinds.count("accepted")), (40, 1))
        self.wait_for("it is done with", lambda: self.agents.status()["phase"] == "following")
        ended = self.agents.people.run("resync", agents.IDP, "--discard")
        self.assertEqual(ended.returncode, 1, "nothing is held any more")

    def test_events_are_followed_across_a_restart_and_a_kill(self):
        self.agents.start()
        self.agents.wait_until_served(self.people)
        with open(self.agents.folder / "followed", "w") as output:
            follower = subprocess.Popen([self.agents.people.program, "changes", "--config", self.agents.people.file, "--follow", "--json",
                                         "--last", "1000"], stdout=output, stderr=subprocess.DEVNULL)
        self.addCleanup(follower.wait)
        self.addCleanup(follower.kill)

        def followed():
            lines = (self.agents.folder / "followed").read_text().splitlines()
            return [json.loads(line) for line in lines if line.endswith("}")]

        def titles(number):
            return [event for event in followed() if event["kind"] == "modified" and event.get("attributes") == ["title"]
                    and f"u{number:07d}" in event["dn"]]

        for number, end in enumerate((None, self.agents.people.stop, self.agents.people.kill)):
            if end is not None:
                end()
                self.agents.people.start()
            self.people[number]["title"] = ["Reader"]
            self.agents.write(self.people)
            self.wait_for(f"the change of person {number} is shown", lambda: len(titles(number)) == 1)
        numbers = [event["number"] for event in followed()]
        self.assertEqual(numbers, sorted(set(numbers)), "numbers go up, also after a restart")
        self.assertEqual([event["number"] for event in self.changes("--after", str(numbers[-2]))][:1],
                         numbers[-1:])

    def test_the_socket_is_private_and_others_writers_are_kept_out(self):
        self.agents.start()
        self.agents.wait_until_served(self.people)
        socket = self.agents.folder / "people-data" / "admin.socket"
        self.assertEqual(socket.stat().st_mode & 0o777, 0o600)
        for command in (["import", self.agents.registry], ["apply", self.agents.registry], ["compact"]):
            ended = self.agents.people.run(*command)
            self.assertEqual(ended.returncode, 6, ended.stderr)
            self.assertIn("identityProviders", ended.stderr)
        self.assertEqual(self.agents.people.stop(), 0)
        self.assertFalse(socket.exists(), "it goes with the server")

    def test_providers_and_what_is_wanted_change_on_reload(self):
        self.agents.start()
        self.agents.wait_until_served(self.people)
        self.agents.identity_provider["attributes"] = ["uid", "cn", "sn"]
        self.agents.people.reload()
        self.agents.wait_until_served(self.people, released=["uid", "cn", "sn", "eduPersonUniqueId"])
        self.agents.identity_provider["every"] = "often"
        self.agents.people.reload()
        self.wait_for("the mistake is logged", lambda: "identityProviders[0].every: expected a time" in self.agents.people.log_text())
        self.wait_for("what was in force is", lambda: self.agents.status()["phase"] == "following")

    def test_a_suffix_is_needed_where_there_is_no_directory(self):
        del self.agents.people.configuration["suffix"]
        self.agents.people.write_configuration()
        for command in ("check", "serve"):
            ended = self.agents.people.run(command)
            self.assertEqual(ended.returncode, 1)
            self.assertIn("suffix: it is missing", ended.stderr)


class Keys(unittest.TestCase):
    def test_keys_are_made_once_and_opensslagrees(self):
        folder = servers.temporary_folder("keys")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        for program, name in ((servers.peopled_binary(), "sp"), (agents.peoplefeed_binary(), "idp")):
            command = [program, "keys", folder / "tls", "--name", "people.example.edu"]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertEqual((folder / "tls" / f"{name}.key").stat().st_mode & 0o777, 0o600)
            public = subprocess.run(f"openssl x509 -in {folder}/tls/{name}.crt -noout -pubkey | openssl pkey -pubin -outform DER | sha256sum",
                                    shell=True, check=True, capture_output=True, text=True)
            self.assertIn("sha256:" + public.stdout.split()[0], ended.stdout)
            again = subprocess.run(command, capture_output=True, text=True, timeout=30)
            self.assertEqual(again.returncode, 1)
            self.assertIn("is there already and is not overwritten", again.stderr)


if __name__ == "__main__":
    unittest.main()
