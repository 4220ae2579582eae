#!/usr/bin/env bash
# Addresses: starter_code/get_imaging.py of github.com/neheller/kits19 and kits23; masks lie in these repositories, here
# at fixed commits.
source "$(dirname "${BASH_SOURCE[0]}")/fetch.sh"

title="KiTS: contrast-enhanced CT with kidneys, tumours (2019: 210 cases) and cysts (2023: 489 cases)"
licence="CC BY-NC-SA 4.0"
citation="Heller et al., The KiTS19 Challenge Data, arXiv 1904.00445; 2023: Heller et al., The KiTS21 Challenge, arXiv 2307.01984"
homepage="https://kits-challenge.org"
verified="none are published: SHA-256 of a first download is recorded, later ones are verified against it"
sets=(kits19 kits23)
first=0
own_options="  --first N         only the first N cases
"
unpacked_factor=1 # the volumes stay packed

take_option() {
  [ "$1" = --first ] && [ $# -gt 1 ] || return 1
  case "$2" in '' | *[!0-9]*) fail USAGE "--first $2 is not a number of cases" "give for example --first 20" ;; esac
  first=$2 taken=2
}

cases() {
  local all
  if [ "$1" = kits19 ]; then all=$(seq -f 'case_%05g' 0 209)
  else all=$(seq -f 'case_%05g' 0 299; seq -f 'case_%05g' 400 588); fi
  if [ "$first" = 0 ]; then echo "$all"; else awk -v n="$first" 'NR <= n' <<<"$all"; fi
}

masks_of() {
  if [ "$1" = kits19 ]; then echo neheller/kits19/456b293435b25303bbc7995f094f83a0afdff0eb/data
  else echo neheller/kits23/e282208/dataset; fi
}

plan() {
  local case
  for case in $(cases "$1"); do
    item "https://kits19.sfo2.digitaloceanspaces.com/master_${case#case_}.nii.gz" "$1/$case/imaging.nii.gz" none 0
    item "https://raw.githubusercontent.com/$(masks_of "$1")/$case/segmentation.nii.gz" "$1/$case/segmentation.nii.gz" none 0
  done
}

finish() {
  local case
  echo file,mask,patient >"$2/manifest.csv"
  for case in $(cases "$1"); do
    mkdir "$2/$case"
    mv "$archives/$1/$case"/*.nii.gz "$2/$case/"
    echo "$case/imaging.nii.gz,$case/segmentation.nii.gz,$case" >>"$2/manifest.csv"
  done
}

configuration() { echo "$1.yaml"; }
published() { if [ "$first" = 0 ]; then printf '%s' "$1"; else printf '%s' "$1-first$first"; fi; } # some are not all
further() { echo " -Ddata.manifest=$target/$(published "$1")/manifest.csv"; }

fetch_main "$@"
