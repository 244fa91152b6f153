# What the shell programs of this folder share: saying what happens, and installing what is missing. Sourced, never run.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Everything these programs make lies under .build, which git ignores.
workspace=${PEOPLED_INTEROP_DIRECTORY:-$repository/.build/interop}
# Debian packages unpacked beside the machine instead of installed on it (see unpack_packages).
package_root=$workspace/packages/root

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "'$*' must run as root, and sudo is not installed. Run this program as root."
    fi
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Installs the named Debian packages that are missing, and only those. None of the packages this folder asks for
# brings a service; Interop/suite/test_installation.py checks that it stays so.
install_packages() {
    local missing=() package
    for package in "$@"; do is_installed "$package" || missing+=("$package"); done
    [ ${#missing[@]} -eq 0 ] && return 0
    command -v apt-get >/dev/null || fail "please install: ${missing[*]} (apt-get is missing: this is not Debian)"
    say "Installing ${missing[*]}"
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "${missing[@]}")
    as_root "${install[@]}" >/dev/null 2>&1 && return 0
    as_root apt-get update -qq || fail "apt-get update failed: is the network up?"
    as_root "${install[@]}" >/dev/null || fail "apt-get could not install ${missing[*]}"
}

# Unpacks the named packages, and those of their libraries that the machine lacks, under $package_root.
# slapd comes this way because its installation scripts make a user, a database under /var and a configuration in /etc,
# and start a server on every address. Unpacked files do nothing by themselves: no script runs, nothing is enabled.
unpack_packages() {
    local stamp=$workspace/packages/complete wanted
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$*" ] && return 0
    command -v apt-get >/dev/null || fail "the interoperability tests need Debian's apt-get to fetch: $*"
    say "Fetching $* (unpacked under ${package_root#"$repository"/}, not installed)"
    wanted=$(list_packages "$@") || { as_root apt-get update -qq && wanted=$(list_packages "$@"); } ||
        fail "apt-get does not know these packages: $*"
    rm -rf "$workspace/packages" && mkdir -p "$workspace/packages/archives" "$package_root"
    download_packages "$wanted" || { as_root apt-get update -qq && download_packages "$wanted"; } ||
        fail "apt-get could not download: $wanted"
    local archive
    for archive in "$workspace"/packages/archives/*.deb; do
        dpkg -x "$archive" "$package_root" || fail "cannot unpack $archive"
    done
    echo "$*" >"$stamp"
}

# The named packages, and what they need and the machine lacks: libraries and Python modules, no Perl, no system tools.
list_packages() {
    local simulated
    simulated=$(apt-get install -s --no-install-recommends "$@" 2>/dev/null) || return 1
    {
        printf '%s\n' "$@"
        awk '/^Inst (lib|python3-)/ && $2 !~ /^libperl/ { print $2 }' <<<"$simulated"
    } | sort -u | tr '\n' ' '
}

download_packages() {
    # shellcheck disable=SC2086 # a list of package names
    (cd "$workspace/packages/archives" && apt-get download -qq $1 2>/dev/null)
}
