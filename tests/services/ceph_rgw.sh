#!/usr/bin/env bash
# A Ceph cluster of one monitor, one manager, one disk and one S3 gateway on loopback, for tests only: no
# authentication inside the cluster, no second copy, everything under one directory, no root needed.
#
#   ceph_rgw.sh start DIR [OWNER]   DIR is new or empty; prints export lines. With OWNER (a process id) the
#                                   cluster is stopped when that process has gone, however it went.
#   ceph_rgw.sh stop DIR            stops every process, makes sure of it, removes DIR.
#
# Debian packages: ceph-mon ceph-osd ceph-mgr radosgw ceph-common uuid-runtime curl. Ceph 16, 18 and 19.
set -euo pipefail

programs=(ceph ceph-mon ceph-mgr ceph-osd radosgw radosgw-admin monmaptool uuidgen curl setsid)
access_key=LANTAITESTACCESS
secret_key=lantai-test-secret-key
region=us-east-1
empty_sha256=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 # of a request without a body
attempts=3          # another cluster may take a port between our look and our use
answer_seconds=120 # for the gateway to answer its first request
stop_seconds=20     # for a daemon to end by itself before it is killed

die() { printf 'ceph_rgw: %s\n' "$*" >&2; exit 1; }

usage() { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }

# --- processes ------------------------------------------------------------------------------------------

# A process id is ours only while its command line names our configuration: numbers are used again.
is_ours() { [[ -r /proc/$1/cmdline ]] && tr '\0' '\n' <"/proc/$1/cmdline" 2>/dev/null | grep -qxF -- "$conf"; }

ours() {
  local process
  for process in /proc/[0-9]*; do
    if is_ours "${process#/proc/}"; then printf '%s\n' "${process#/proc/}"; fi
  done
}

# In the foreground of a session of its own: the id is known at once, and Ctrl-C at the desk does not reach it.
launch() {
  local name=$1
  shift
  setsid "$@" -c "$conf" -f </dev/null >>"$dir/log/$name.out" 2>&1 &
  printf '%s\n' $! >"$dir/run/$name.pid"
}

alive() { is_ours "$(cat "$dir/run/$1.pid")"; }

end_all() {
  local name pid deadline
  for name in rgw osd mgr mon; do # the gateway first, the monitor last: nobody waits for a peer that has gone
    [[ -f $dir/run/$name.pid ]] || continue
    pid=$(cat "$dir/run/$name.pid")
    is_ours "$pid" || continue
    kill -TERM "$pid" 2>/dev/null || true
    deadline=$((SECONDS + stop_seconds))
    while is_ours "$pid" && ((SECONDS < deadline)); do sleep 0.1; done
  done
  local _
  for _ in $(seq 50); do # whatever is left, known by a pid file or not
    local -a left
    mapfile -t left < <(ours)
    ((${#left[@]})) || return 0
    kill -KILL "${left[@]}" 2>/dev/null || true
    sleep 0.1
  done
  return 1
}

end_guard() {
  local pid
  [[ -f $dir/guard.pid ]] || return 0
  pid=$(cat "$dir/guard.pid")
  # not when the guard itself has become this script
  if [[ $pid != "$$" ]] && tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$dir"; then
    kill -KILL "$pid" 2>/dev/null || true
  fi
}

# --- stop -----------------------------------------------------------------------------------------------

stop() {
  [[ -d $dir ]] || return 0
  [[ -f $dir/lantai-ceph ]] || die "$dir was not made by this script: left alone"
  end_guard
  end_all || die "processes of $dir do not end: $(ours | tr '\n' ' ')"
  rm -rf -- "${dir:?}"
}

# --- start ----------------------------------------------------------------------------------------------

# Two ports that nobody listens on, below the range from which the kernel gives ports to clients.
free_ports() {
  local -a found=()
  while ((${#found[@]} < 2)); do
    local port=$((15000 + (RANDOM * 32768 + RANDOM) % 15000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && [[ $port != "${found[0]:-}" ]]; then found+=("$port"); fi
  done
  printf '%s %s\n' "${found[@]}"
}

write_conf() {
  cat >"$conf" <<CONF
[global]
fsid = $fsid
mon host = [v1:127.0.0.1:$mon_port]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none

# one disk, one copy
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
osd crush chooseleaf type = 0
# a disk that registers itself before it has the monitors' map is refused with "wrong fsid" (Ceph 16.2): we do it
osd crush update on start = false
osd class update on start = false

# a sparse file for the disk, and little memory
osd objectstore = bluestore
bluestore block size = ${LANTAI_CEPH_BLOCK_BYTES:-21474836480}
osd memory target = 1073741824

# a nearly full machine still makes a sound cluster; nobody waits a second for every step of the monitor
mon data avail warn = 1
mon data avail crit = 1
paxos propose interval = 0.05
paxos min wait = 0.02
mgr initial modules =

# no socket files: their paths may not be longer than 107 bytes
admin socket =
run dir = $dir/run
crash dir = $dir/crash
log file = $dir/log/\$name.log
mon data = $dir/mon
mgr data = $dir/mgr
osd data = $dir/osd
rgw data = $dir/rgw
keyring = $dir/keyring
rgw frontends = beast endpoint=127.0.0.1:$rgw_port
CONF
}

ceph_says() { timeout 60 ceph -c "$conf" --connect-timeout 30 "$@"; }

wait_for_disk() {
  local deadline=$((SECONDS + 60))
  until ceph_says osd stat -f json | grep -q '"num_up_osds": *1'; do
    alive osd || { echo "the disk's daemon has ended"; return 1; }
    ((SECONDS < deadline)) || { echo "the disk does not come up"; return 1; }
    sleep 0.2
  done
}

wait_for_gateway() {
  local deadline=$((SECONDS + answer_seconds))
  # a signed listing of buckets, so that the user is known to work and not only the port
  until [[ $(curl -s -o /dev/null -m 10 -w '%{http_code}' --noproxy '*' --aws-sigv4 "aws:amz:$region:s3" \
    -H "x-amz-content-sha256: $empty_sha256" --user "$access_key:$secret_key" "http://127.0.0.1:$rgw_port/") == 200 ]]; do
    alive rgw || { echo "the gateway has ended"; return 1; }
    ((SECONDS < deadline)) || { echo "the gateway does not answer"; return 1; }
    sleep 0.2
  done
}

bring_up() {
  set -e
  fsid=$(uuidgen)
  local osd
  osd=$(uuidgen)
  mkdir -p "$dir"/{mon,mgr,osd,rgw,run,log,crash}
  write_conf
  : >"$dir/keyring"
  monmaptool --create --fsid "$fsid" --addv a "[v1:127.0.0.1:$mon_port]" "$dir/monmap"
  ceph-mon -c "$conf" --mkfs -i a --monmap "$dir/monmap" --keyring "$dir/keyring"
  launch mon ceph-mon -i a
  ceph_says osd new "$osd" 0
  launch mgr ceph-mgr -i x
  ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd"
  ceph_says osd crush add osd.0 1.0 root=default host=localhost
  launch osd ceph-osd -i 0
  wait_for_disk
  timeout 120 radosgw-admin -c "$conf" user create --uid=lantai --display-name=lantai \
    --access-key="$access_key" --secret-key="$secret_key"
  launch rgw radosgw -n client.rgw --no-mon-config
  wait_for_gateway
}

start() {
  local program owner=$1 missing=() rc _
  for program in "${programs[@]}"; do command -v "$program" >/dev/null || missing+=("$program"); done
  ((${#missing[@]} == 0)) || die "missing programs: ${missing[*]}. Install the Debian packages
  ceph-mon ceph-osd ceph-mgr radosgw ceph-common uuid-runtime curl"
  mkdir -p -- "$dir"
  [[ -z $(ls -A -- "$dir") ]] || die "$dir is not empty"
  : >"$dir/lantai-ceph"
  trap 'end_guard; end_all || true; rm -rf -- "${dir:?}"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  if [[ $owner ]]; then guard "$owner"; fi
  for _ in $(seq "$attempts"); do
    read -r mon_port rgw_port < <(free_ports)
    rc=0
    mkdir -p "$dir/log"
    # in a shell of its own, so that the first failure ends it (`set -e` is off inside a condition)
    set +e
    (bring_up) >>"$dir/log/start.log" 2>&1
    rc=$?
    set -e
    if ((rc == 0)); then
      trap - EXIT INT TERM HUP
      printf 'export LANTAI_TEST_S3_ENDPOINT=http://127.0.0.1:%s\n' "$rgw_port"
      printf 'export LANTAI_TEST_S3_ACCESS_KEY=%s\nexport LANTAI_TEST_S3_SECRET_KEY=%s\n' "$access_key" "$secret_key"
      printf 'export AWS_ENDPOINT_URL=http://127.0.0.1:%s\n' "$rgw_port"
      printf 'export AWS_ACCESS_KEY_ID=%s\nexport AWS_SECRET_ACCESS_KEY=%s\n' "$access_key" "$secret_key"
      return 0
    fi
    grep -qsE 'unable to bind|failed to bind|Address already in use|EADDRINUSE' "$dir"/log/* || break
    end_all || break
    rm -rf -- "${dir:?}"/{mon,mgr,osd,rgw,run,log,crash,monmap,keyring}
  done
  { printf 'ceph_rgw: the cluster did not start (%s)\n' "$(ceph-mon --version 2>&1 | head -n 1)"
    tail -n 15 "$dir"/log/start.log "$dir"/log/*.out 2>&1; } >&2
  exit 1
}

# shellcheck disable=SC2016  # the inner shell is to expand its own arguments
# Stops the cluster when its owner has gone, even killed; ends by itself when the cluster has been stopped.
guard() {
  setsid bash -c 'while [[ -f $2/lantai-ceph ]]; do
      kill -0 "$1" 2>/dev/null || exec bash "$3" stop "$2"
      sleep 1
    done' ceph-guard "$1" "$dir" "$self" </dev/null >/dev/null 2>&1 &
  printf '%s\n' $! >"$dir/guard.pid"
}

self=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)/${BASH_SOURCE[0]##*/}
(($# >= 2)) || usage
dir=$(realpath -m -- "$2")
conf=$dir/ceph.conf
cd / # Debian 13's Ceph 18.2 looks for its object classes in `lib/…`, from wherever it was started
case $1 in
  start) start "${3:-}" ;;
  stop) stop ;;
  *) usage ;;
esac
