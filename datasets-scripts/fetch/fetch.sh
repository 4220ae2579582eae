# What all fetch scripts share: options, what is said before the start, download with resume, checksums,
# room, unpacking, and the move to the target. A script sets title, licence, citation, homepage, verified and
# sets, defines plan SET (which calls item for every file) and finish SET FOLDER (which fills FOLDER from the
# files in $archives), and ends with: fetch_main "$@"
# Sourced by bash; not run on its own.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

target='' mirror='' work='' record='' keep=no
chosen=() urls=() files=() sums=() bytes=()
declare -A told_bytes=() told_sums=() # what servers said, by URL: each is asked once
own_options='' # lines of help of a script's own options, which its take_option() reads
shared="" # an archive that several sets need: kept until the end

fail() { # code, problem, next step, exit status (2 usage, 3 data, 4 resources)
  printf 'error %s: %s\n  next: %s\n' "$1" "$2" "$3" >&2
  exit "${4:-2}"
}

say() { printf '%s\n' "$*"; }

usage() {
  cat <<END
$title

  $(basename "$0") --to DIR|hdfs://... [options] SET... | all

Sets: ${sets[*]}

Options:
  --to TARGET       local folder, or a folder of any Hadoop file system (put there by 'hadoop fs -put')
  --mirror URL      take the files from URL/HOST/PATH in place of https://HOST/PATH; file:// works as well
  --work DIR        where downloads are unpacked; default: TARGET/.fetch, for HDFS \${TMPDIR:-/tmp}/sinter-fetch
  --record FILE     where checksums of a first download are kept; default: checksums.sha256 in the target folder,
                    for HDFS in --work
  --keep-archives   leave the downloaded archives in --work
$own_options  --help            this text

Licence:   $licence
Citation:  $citation
Source:    $homepage
Checksums: $verified
END
}

take_option() { return 1; } # a script's own options: sets $taken to the number of words it took

read_options() {
  while [ $# -gt 0 ]; do
    case "$1" in
      --help | -h) usage; exit 0 ;;
      --keep-archives) keep=yes; shift; continue ;;
      --to | --mirror | --work | --record)
        [ $# -gt 1 ] || fail USAGE "$1 needs a value" "see $(basename "$0") --help"
        case "$1" in
          --to) target=${2%/} ;;
          --mirror) mirror=${2%/} ;;
          --work) work=${2%/} ;;
          --record) record=$2 ;;
        esac
        shift 2; continue ;;
      --*)
        taken=0
        take_option "$@" || fail USAGE "there is no option $1" "see $(basename "$0") --help"
        shift "$taken"; continue ;;
      all) chosen+=("${sets[@]}") ;;
      *)
        case " ${sets[*]} " in
          *" $1 "*) chosen+=("$1") ;;
          *) fail USAGE "there is no set $1" "take one of: ${sets[*]}, or all" ;;
        esac ;;
    esac
    shift
  done
  [ -n "$target" ] || fail USAGE "no target is given" "add --to DIR or --to hdfs://HOST/FOLDER"
  [ ${#chosen[@]} -gt 0 ] || fail USAGE "no set is given" "name some of: ${sets[*]}, or all"
  if is_remote; then
    require hadoop
    work=${work:-${TMPDIR:-/tmp}/sinter-fetch}
    record=${record:-$work/checksums.sha256}
  else
    target=${target#file://}
    work=${work:-$target/.fetch}
    record=${record:-$target/checksums.sha256}
  fi
  archives=$work/archives
  require curl; require awk; require sha256sum; require md5sum
}

require() {
  command -v "$1" >/dev/null 2>&1 ||
    fail PROGRAM_MISSING "$1 is not installed, or not in PATH" "install $1" 4
}

is_remote() { case "$target" in file://*) return 1 ;; *://*) return 0 ;; *) return 1 ;; esac; }

address() { # of a file, on the mirror if there is one
  if [ -n "$mirror" ]; then printf '%s/%s' "$mirror" "${1#*://}"; else printf '%s' "$1"; fi
}

server_bytes() { # what the server says of a file's size; 0 when it does not
  { curl --fail --location --silent --head --connect-timeout 30 --max-time 60 "$(address "$1")" 2>/dev/null || true; } |
    tr -d '\r' | awk 'tolower($1) == "content-length:" { n = $2 } END { printf "%.0f", n }'
}

item() { # url, file, checksum (md5:HEX, sha256:HEX, or none), bytes (0: ask the server)
  urls+=("$1"); files+=("$2"); sums+=("$3")
  [ "$4" = 0 ] || told_bytes[$1]=$4
  [ -n "${told_bytes[$1]:-}" ] || told_bytes[$1]=$(server_bytes "$1")
  bytes+=("${told_bytes[$1]:-0}")
}

# Zenodo publishes size and MD5 of every file; both are asked for at run time.
zenodo_item() { # record, file
  local answer sum size url=https://zenodo.org/records/$1/files/$2
  if [ -n "${told_sums[$url]:-}" ]; then
    item "$url" "$2" "${told_sums[$url]}" "${told_bytes[$url]}"
    return
  fi
  answer=$(curl --fail --location --silent --connect-timeout 30 "$(address "https://zenodo.org/api/records/$1/files/$2")") ||
    fail CHECKSUM_UNKNOWN "Zenodo does not tell the checksum of $2 in record $1" "check the network, or try again later" 4
  sum=$(grep -oE '"checksum": *"md5:[0-9a-f]{32}"' <<<"$answer" | grep -oE 'md5:[0-9a-f]{32}' | head -n 1) || true
  size=$(grep -oE '"size": *[0-9]+' <<<"$answer" | grep -oE '[0-9]+' | head -n 1) || true
  [ -n "$sum" ] || fail CHECKSUM_UNKNOWN "Zenodo's answer for $2 in record $1 has no MD5" "try again later" 4
  told_sums[$url]=$sum
  item "$url" "$2" "$sum" "${size:-0}"
}

plan_set() { urls=() files=() sums=() bytes=(); plan "$1"; }

is_there() {
  if is_remote; then hadoop fs -test -e "$target/$1" 2>/dev/null; else [ -e "$target/$1" ]; fi
}

megabytes() { awk -v n="$1" 'BEGIN { printf "%.1f MB", n / 1e6 }'; }

sum_of() { local s=0 n; for n in "$@"; do s=$((s + n)); done; printf '%s' "$s"; }

# A set needs its archives and at most so many times their bytes when unpacked.
unpacked_factor=2

require_room() { # bytes of downloads
  local need free
  need=$(($1 * (1 + unpacked_factor)))
  mkdir -p "$work"
  free=$(($(df -Pk "$work" | awk 'NR == 2 { print $4 }') * 1024))
  [ "$need" -le "$free" ] ||
    fail NO_ROOM "$work has $(megabytes "$free") free; up to $(megabytes "$need") are needed" \
      "free some room, or give another --work or --to" 4
}

announce() {
  local set n
  say "$title"
  say "Licence:   $licence"
  say "Citation:  $citation"
  say "Source:    $homepage"
  say "Checksums: $verified"
  for set in "${chosen[@]}"; do
    if is_there "$(published "$set")"; then
      say "Set $(published "$set"): already in $target"
    else
      plan_set "$set"
      n=$(sum_of "${bytes[@]}")
      if [ "$n" = 0 ]; then
        say "Set $set: ${#urls[@]} file(s), the server does not tell the size"
      else
        say "Set $set: ${#urls[@]} file(s), $(megabytes "$n") to download, up to $(megabytes $((n * (1 + unpacked_factor)))) on disk meanwhile"
      fi
      require_room "$n"
    fi
  done
}

hash_of() { "$1sum" "$2" | cut -d ' ' -f 1; } # md5 or sha256

verify() { # file, url, checksum
  local kind=${3%%:*} expected=${3#*:} found
  if [ "$3" = none ]; then
    kind=sha256
    expected=$(awk -v url="$2" '$2 == url { print $1 }' "$record" 2>/dev/null | tail -n 1) || true
  fi
  found=$(hash_of "$kind" "$1")
  if [ -z "$expected" ]; then
    mkdir -p "$(dirname "$record")"
    printf '%s  %s\n' "$found" "$2" >>"$record"
    say "  no published checksum: SHA-256 $found recorded in $record, to be verified from now on"
  elif [ "$found" != "$expected" ]; then
    rm -f "$1"
    fail CHECKSUM_MISMATCH "$2 has the $kind $found; expected is $expected" \
      "run again; if it stays, the publisher has changed the file: look at $homepage" 3
  fi
}

part_bytes() { if [ -f "$1" ]; then wc -c <"$1" | tr -d ' '; else printf 0; fi; }

download() { # url, file, checksum, bytes
  local file=$archives/$2 part=$archives/$2.part failed=0 before status
  mkdir -p "$(dirname "$file")"
  if [ ! -f "$file" ]; then
    [ "$4" = 0 ] || [ "$(part_bytes "$part")" -le "$4" ] || rm -f "$part"
    while [ "$4" = 0 ] || [ "$(part_bytes "$part")" != "$4" ]; do
      before=$(part_bytes "$part")
      status=0
      curl --fail --location --silent --show-error --connect-timeout 30 --speed-limit 1 --speed-time 120 \
        --continue-at - --output "$part" "$(address "$1")" || status=$?
      [ $status != 0 ] || break
      [ $status != 33 ] || rm -f "$part" # the server cannot resume
      [ "$4" != 0 ] || [ $status != 22 ] || rm -f "$part" # may be whole already: begin anew
      if [ "$(part_bytes "$part")" -gt "$before" ]; then failed=0; else failed=$((failed + 1)); fi
      [ $failed -lt 5 ] ||
        fail DOWNLOAD_FAILED "$(address "$1"): curl ended with $status five times without progress" \
          "check the network and run again: it goes on where it stopped" 4
      say "  the connection ended with $(part_bytes "$part") bytes here; trying again"
      sleep "${SINTER_FETCH_PAUSE:-5}"
    done
    [ "$4" = 0 ] || [ "$(part_bytes "$part")" = "$4" ] || {
      rm -f "$part"
      fail DOWNLOAD_FAILED "$1 is not of the $4 bytes that were announced" "run again, or look at $homepage" 4
    }
    verify "$part" "$1" "$3"
    mv "$part" "$file"
  else
    verify "$file" "$1" "$3"
  fi
  say "  $2: $(megabytes "$(part_bytes "$file")")"
}

unpack() { # archive, folder
  case "$1" in
    *.zip) require unzip; unzip -q -o "$archives/$1" -d "$2" ;;
    *) tar --no-same-owner -xf "$archives/$1" -C "$2" ;;
  esac || fail ARCHIVE_DAMAGED "$1 cannot be unpacked" "delete $archives/$1 and run again" 3
}

# Programs for what shells cannot do; Sinter needs a JDK 17 anyway.
java_tool() { # class, arguments
  local java=java
  [ -z "${JAVA_HOME:-}" ] || java=$JAVA_HOME/bin/java
  require "$java"
  "$java" -Djava.awt.headless=true "$here/../src/main/java/dev/sinter/dataset/fetch/$1.java" "${@:2}" ||
    fail CONVERSION_FAILED "$1 could not convert the files of this set" "see the message above" 3
}

publish() { # set, folder: whole or not at all
  if is_remote; then
    hadoop fs -mkdir -p "$target/.fetch" ||
      fail PUT_FAILED "$target cannot be written to" "see the message above" 4
    hadoop fs -rm -r -f -skipTrash "$target/.fetch/$1" >/dev/null
    hadoop fs -put "$2" "$target/.fetch/$1" || {
      hadoop fs -rm -r -f -skipTrash "$target/.fetch/$1" >/dev/null || true
      fail PUT_FAILED "$target did not take all of $1" "check room and permissions there, then run again" 4
    }
    hadoop fs -mv "$target/.fetch/$1" "$target/$1" ||
      fail PUT_FAILED "$target/.fetch/$1 cannot be renamed to $target/$1" "see the message above" 4
    rm -rf "$2"
  else
    mkdir -p "$target"
    mv "$2" "$target/$1"
  fi
}

fetch_set() {
  local set=$1 folder=$work/sets/$1 name i
  name=$(published "$set")
  if is_there "$name"; then return; fi
  say "Fetching $set ..."
  plan_set "$set"
  for i in "${!urls[@]}"; do download "${urls[i]}" "${files[i]}" "${sums[i]}" "${bytes[i]}"; done
  rm -rf "$folder" "$folder".* # what an interrupted run left of unpacking
  mkdir -p "$folder"
  finish "$set" "$folder"
  publish "$name" "$folder"
  for i in "${!files[@]}"; do
    [ $keep = yes ] || [ "${files[i]}" = "$shared" ] || rm -f "$archives/${files[i]}"
  done
  say "$name is in $target/$name"
}

fetch_main() {
  read_options "$@"
  announce
  local set
  for set in "${chosen[@]}"; do fetch_set "$set"; done
  [ $keep = yes ] || [ -z "$shared" ] || rm -f "$archives/$shared"
  [ $keep = yes ] || remove_empty "$archives" "$work/sets"
  [ $keep = yes ] || rmdir "$work" 2>/dev/null || true
  for set in "${chosen[@]}"; do
    say "Prepare: ./sinter prepare datasets-scripts/fetch/$(configuration "$set") -Ddata.input=$target/$(published "$set")$(further "$set") -Ddata.output=FOLDER"
  done
}

remove_empty() { # folders and those below them; --work may hold others, which are not ours
  local one
  for one in "$@"; do
    [ ! -d "$one" ] || find "$one" -type d -empty -delete
  done
}

published() { printf '%s' "$1"; } # name of a set in the target

further() { :; } # further -D of the command that is printed
