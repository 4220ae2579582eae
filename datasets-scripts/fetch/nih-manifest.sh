#!/usr/bin/env bash
# Turns NIH's table and its two lists into one table: nih-manifest.sh FOLDER >manifest.csv
# An image may have several findings, and Sinter learns one of several classes: so there is a yes/no column for each
# finding and one for any of them. The official test list stays the test split.
set -euo pipefail
awk -F , '
  BEGIN {
    n = split("Atelectasis Cardiomegaly Effusion Infiltration Mass Nodule Pneumonia Pneumothorax Consolidation " \
      "Edema Emphysema Fibrosis Pleural_Thickening Hernia", findings, " ")
    printf "file,patient,split,any_finding"
    for (i = 1; i <= n; i++) printf ",%s", findings[i]
    print ""
  }
  { sub(/\r$/, "") }
  FILENAME == ARGV[1] { if (NF) split_of[$1] = "train"; next }
  FILENAME == ARGV[2] { if (NF) split_of[$1] = "test"; next }
  FNR > 1 && NF {
    printf "%s,%s,%s,%s", $1, $4, split_of[$1], ($2 == "No Finding" ? "no" : "yes")
    for (i = 1; i <= n; i++) printf ",%s", (index("|" $2 "|", "|" findings[i] "|") ? "yes" : "no")
    print ""
  }' "$1/train_val_list.txt" "$1/test_list.txt" "$1/Data_Entry_2017_v2020.csv"
