#!/usr/bin/env bash
# Names and record: medmnist/info.py of github.com/MedMNIST/MedMNIST.
source "$(dirname "${BASH_SOURCE[0]}")/fetch.sh"

title="MedMNIST v2: 12 sets of small images and 6 of small volumes, each with given splits"
licence="CC BY 4.0; DermaMNIST: CC BY-NC 4.0"
citation="Yang et al., MedMNIST v2, Scientific Data 10:41 (2023), doi 10.1038/s41597-022-01721-8"
homepage="https://medmnist.com, Zenodo record 10519652"
verified="MD5 as Zenodo's API states it at run time"
sets=(pathmnist chestmnist dermamnist octmnist pneumoniamnist retinamnist breastmnist bloodmnist tissuemnist
  organamnist organcmnist organsmnist
  organmnist3d nodulemnist3d adrenalmnist3d fracturemnist3d vesselmnist3d synapsemnist3d)
size=28
own_options="  --size N          28 (default), 64, 128, 224; volumes: 28, 64
"
unpacked_factor=1

take_option() {
  [ "$1" = --size ] && [ $# -gt 1 ] || return 1
  case "$2" in 28 | 64 | 128 | 224) ;; *) fail USAGE "there is no size $2" "take 28, 64, 128 or 224" ;; esac
  size=$2 taken=2
}

file_of() { if [ "$size" = 28 ]; then echo "$1.npz"; else echo "$1_$size.npz"; fi; }

plan() { zenodo_item 10519652 "$(file_of "$1")"; }

finish() { cp "$archives/$(file_of "$1")" "$2/"; }

configuration() { case "$1" in *3d) echo medmnist-3d.yaml ;; *) echo medmnist-2d.yaml ;; esac; }

fetch_main "$@"
