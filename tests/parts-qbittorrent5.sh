#!/usr/bin/env bash
# Unpacks a newer Debian suite's qbittorrent-nox with all that it links to under .parts/; nothing is installed.
# usage: parts-qbittorrent5.sh [SUITE [DEST]]      trixie carries 5.1, the suite after it (forky) 5.3
# It uses the machine's own Debian mirror, keeps what it has fetched, and starts the program with the
# unpacked suite's own loader, because an older system's C library cannot.
set -eu
suite="${1:-trixie}"
dest="${2:-$(cd "$(dirname "$0")/.." && pwd)/.parts/qbittorrent-$suite}"
[ -x "$dest/run" ] && exit 0

# A released suite must be had in CI; one still in the making may be uninstallable for days.
give_up() {
  echo "qbittorrent-nox of $suite is missing for the integration tests: $1" >&2
  [ -z "${CI:-}" ] || [ "$suite" != trixie ] || exit 1
  exit 0
}

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || give_up "this is no Debian system"
. /etc/os-release
mirror=$(apt-get update --print-uris 2>/dev/null | sed -n "s|^'\(.*\)/dists/${VERSION_CODENAME:-none}/InRelease'.*|\1|p" | head -n 1)
[ -n "$mirror" ] || give_up "apt knows no mirror of ${VERSION_CODENAME:-this system}"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || give_up "the package debian-archive-keyring is not installed"

apt="$dest.apt"
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
: >"$apt/status" # an empty status file makes apt fetch the whole closure, the C library included
echo "deb [signed-by=$keyring] $mirror $suite main" >"$apt/sources.list"
options=(-qq -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
  -o Dir::Etc::preferencesparts=/dev/null -o Dir::State="$apt" -o Dir::State::lists="$apt/lists"
  -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" -o APT::Install-Recommends=false
  -o APT::Sandbox::User=root -o Debug::NoLocking=true -o Acquire::Retries=3)
apt-get "${options[@]}" -o APT::Update::Error-Mode=any update >&2 || give_up "the lists of $suite could not be fetched"
apt-get "${options[@]}" -y --download-only install qbittorrent-nox >&2 || give_up "its packages could not be fetched"

rm -rf "$dest.new"
mkdir -p "$dest.new"
for package in "$apt"/cache/archives/*.deb; do
  case "$(basename "$package")" in
    adduser_* | bash_* | coreutils_* | passwd_* | perl* | systemd_* | util-linux_*) ;; # not needed to run it
    *) dpkg-deb -x "$package" "$dest.new" ;;
  esac
done
cat >"$dest.new/run" <<'RUN'
#!/usr/bin/env bash
# Starts this folder's qbittorrent-nox with this folder's loader and libraries; exec keeps the process id.
root=$(cd "$(dirname "$0")" && pwd)
loader=$(find "$root/usr/lib" -name 'ld-linux-*.so.*' | head -n 1)
lib=$(dirname "$loader")
export QT_PLUGIN_PATH="$lib/qt6/plugins" # the SQLite driver lives here
exec -a qbittorrent-nox "$loader" --library-path "$lib:$lib/libproxy:$lib/systemd" "$root/usr/bin/qbittorrent-nox" "$@"
RUN
chmod +x "$dest.new/run"
rm -rf "$dest"
mv "$dest.new" "$dest"
rm -rf "$apt"
