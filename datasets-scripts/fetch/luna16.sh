#!/usr/bin/env bash
# Records: luna16.grand-challenge.org/Download.
source "$(dirname "${BASH_SOURCE[0]}")/fetch.sh"

title="LUNA16: 888 chest CT from LIDC-IDRI in ten subsets, with masks of lungs and trachea"
licence="CC BY 4.0 (Zenodo); the CT come from LIDC-IDRI, CC BY 3.0"
citation="Setio et al., Medical Image Analysis 42:1-13 (2017); Armato et al., Medical Physics 38:915-931 (2011)"
homepage="https://luna16.grand-challenge.org, Zenodo records 3723295 and 4121926"
verified="MD5 as Zenodo's API states it at run time"
sets=(subset0 subset1 subset2 subset3 subset4 subset5 subset6 subset7 subset8 subset9)
shared=seg-lungs-LUNA16.zip

plan() {
  case "$1" in
    subset[0-6]) zenodo_item 3723295 "$1.zip" ;;
    *) zenodo_item 4121926 "$1.zip" ;;
  esac
  zenodo_item 3723295 seg-lungs-LUNA16.zip
}

finish() { # MetaImage, which Sinter does not read, becomes images/SERIES.nii.gz and labels/SERIES.nii.gz
  mkdir "$2.meta"
  unpack "$1.zip" "$2.meta"
  unpack seg-lungs-LUNA16.zip "$2.meta"
  mkdir "$2/images" "$2/labels"
  java_tool MetaImages "$2.meta/$1" "$2/images"
  java_tool MetaImages "$2.meta/seg-lungs-LUNA16" "$2/labels" "$2/images" 2 # 3, 4, 5: left lung, right lung, trachea
  rm -rf "$2.meta"
}

configuration() { echo luna16.yaml; }

fetch_main "$@"
