#!/usr/bin/env bash
# Addresses and MD5: class DecathlonDataset in monai/apps/datasets.py of github.com/Project-MONAI/MONAI.
source "$(dirname "${BASH_SOURCE[0]}")/fetch.sh"

title="Medical Segmentation Decathlon: ten tasks of CT and MRI volumes with masks"
licence="CC BY-SA 4.0"
citation="Antonelli et al., The Medical Segmentation Decathlon, Nature Communications 13:4128 (2022)"
homepage="http://medicaldecathlon.com"
verified="MD5 as MONAI states it"
sets=(Task01_BrainTumour Task02_Heart Task03_Liver Task04_Hippocampus Task05_Prostate Task06_Lung
  Task07_Pancreas Task08_HepaticVessel Task09_Spleen Task10_Colon)

md5_of() {
  case "$1" in
    Task01_BrainTumour) echo 240a19d752f0d9e9101544901065d872 ;;
    Task02_Heart) echo 06ee59366e1e5124267b774dbd654057 ;;
    Task03_Liver) echo a90ec6c4aa7f6a3d087205e23d4e6397 ;;
    Task04_Hippocampus) echo 9d24dba78a72977dbd1d2e110310f31b ;;
    Task05_Prostate) echo 35138f08b1efaef89d7424d2bcc928db ;;
    Task06_Lung) echo 8afd997733c7fc0432f71255ba4e52dc ;;
    Task07_Pancreas) echo 4f7080cfca169fa8066d17ce6eb061e4 ;;
    Task08_HepaticVessel) echo 641d79e80ec66453921d997fbf12a29c ;;
    Task09_Spleen) echo 410d4a301da4e5b2f6f86ec3ddba524e ;;
    Task10_Colon) echo bad7a188931dc2f6acf72b08eb6202d0 ;;
  esac
}

plan() { item "https://msd-for-monai.s3-us-west-2.amazonaws.com/$1.tar" "$1.tar" "md5:$(md5_of "$1")" 0; }

finish() { # the archive holds one folder of the task's name
  unpack "$1.tar" "$2"
  mv "$2/$1" "$2.whole" && rmdir "$2" && mv "$2.whole" "$2"
  find "$2" -name '._*' -delete # left by the system that packed them
  case "$1" in # 4-D files become one file per channel, as nnU-Net names them
    Task01* | Task05*) java_tool VolumeChannels "$2/imagesTr"; java_tool VolumeChannels "$2/imagesTs" ;;
  esac
}

configuration() {
  case "$1" in
    Task04*) echo msd-hippocampus.yaml ;;
    Task01* | Task02* | Task05*) echo msd-mr.yaml ;;
    *) echo msd-ct.yaml ;;
  esac
}

fetch_main "$@"
