#!/bin/sh
# adduser [-S] [-D] [-H] [-u UID] [-G GROUP] [-h HOME] [-s SHELL] [-g NAME] USER, as on Alpine
uid= group= home= shell=/bin/false
while getopts SDHu:G:h:s:g: option; do
  case $option in
    u) uid=$OPTARG ;;
    G) group=$OPTARG ;;
    h) home=$OPTARG ;;
    s) shell=$OPTARG ;;
  esac
done
shift $((OPTIND - 1))
if [ -z "$group" ]; then
  group=$1
  addgroup "$group"
fi
gid=$(grep "^$group:" /etc/group | cut -d: -f3)
uid=${uid:-$((100 + $(wc -l </etc/passwd)))}
home=${home:-/home/$1}
echo "$1:x:$uid:$gid::$home:$shell" >>/etc/passwd
mkdir -p "$home"
chown "$uid:$gid" "$home"
