#!/bin/sh
# addgroup [-S] [-g GID] NAME, as on Alpine
gid=
while getopts Sg: option; do
  if [ "$option" = g ]; then gid=$OPTARG; fi
done
shift $((OPTIND - 1))
if grep -q "^$1:" /etc/group; then exit 0; fi
echo "$1:x:${gid:-$((100 + $(wc -l </etc/group)))}:" >>/etc/group
