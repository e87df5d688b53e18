#!/bin/sh
# From the file of real ratings to accuracy with its interval; see docs/how-to/from-a-file-to-accuracy.md.
# Usage: ASSAY_HOME=/tmp/ratings examples/adult_content_accuracy.sh adult_content_ratings.csv
set -eu
file=$1
here=$(dirname "$0")

assay init --name "Ratings" --login ana
assay import "$file" --mapping "$here/adult_content_judged.json"
assay plan "Experts' ratings" --from 2026-01-05 --to 2026-01-12 --code experts \
    --where queue=expert-rated --by none --precision 2 --doubles 0
assay draw experts
assay verdicts "$file" --plan experts --reviewer ana \
    --column row --source adult-content-judged --outcome expert_rating \
    --value G=approve --value P=approve --value R=age_gate:ADL --value X=remove:ADL
assay estimate --measure decision_accuracy
assay estimate --measure decision_accuracy --by outcome
