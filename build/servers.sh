# The servers that the tests and the benchmarks start themselves. To be sourced.

find_postgres() { command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }
find_mariadb() { PATH=$PATH:/usr/sbin command -v mariadbd >/dev/null; }
find_redis() { command -v redis-server >/dev/null; }
find_memcached() { command -v memcached >/dev/null; }
find_garnet() { command -v garnet-server >/dev/null; }
find_chromium() { command -v chromium >/dev/null || command -v chromium-browser >/dev/null; }

# The redis suites and the benchmark's redis section run with it too, beside the lowest one (Directory.Packages.props).
newest_redis_client=3.4.35

# What links a program that was compiled ahead of time.
find_linker() { command -v clang >/dev/null || command -v gcc >/dev/null; }

missing_packages() {
  find_postgres || echo postgresql
  find_mariadb || echo mariadb-server
  find_redis || echo redis-server
  find_memcached || echo memcached
  find_chromium || echo chromium
  find_linker || printf '%s\n' gcc libc6-dev zlib1g-dev
}

# Garnet speaks Redis' protocol; it is a .NET tool.
garnet_version=2.2.8
garnet_folder=$PWD/artifacts/tools
export PATH=$PATH:$garnet_folder

install_missing_servers() {
  find_garnet || dotnet tool install garnet-server --version "$garnet_version" --tool-path "$garnet_folder" ||
    echo "Installing garnet-server failed; what needs it can't run."
  local missing
  mapfile -t missing < <(missing_packages)
  install_packages "${missing[@]}"
}

# Names what it can't install instead of failing: what needs it says so itself.
install_packages() {
  local missing=("$@")
  [ "${#missing[@]}" -eq 0 ] && return

  local run_as=()
  if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      run_as=(sudo -n)
    else
      echo "Missing: ${missing[*]}. Not allowed to install them (no root); what needs them can't run."
      return
    fi
  fi

  if ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. No apt-get here; what needs them can't run."
    return
  fi

  echo "== installing ${missing[*]}"
  # Debian's PostgreSQL would start a server of its own at installation; the tests bring theirs.
  "${run_as[@]}" mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo 'create_main_cluster = false' | "${run_as[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  # So would the others: 101 is Debian's word for a service that must not be started.
  local policy=/usr/sbin/policy-rc.d forbidden=
  if [ ! -e "$policy" ]; then
    forbidden=$policy
    printf '#!/bin/sh\nexit 101\n' | "${run_as[@]}" tee "$policy" >/dev/null
    "${run_as[@]}" chmod +x "$policy"
  fi
  "${run_as[@]}" apt-get update -qq &&
    "${run_as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    echo "Installing ${missing[*]} failed; what needs them can't run."
  [ -z "$forbidden" ] || "${run_as[@]}" rm -f "$forbidden"
}
