# Starts PostgreSQL as the image `postgres` does: with a database of the user's name.
set -e
data=/var/lib/postgresql/data
chown postgres $data
if [ ! -s $data/PG_VERSION ]; then
  echo "$POSTGRES_PASSWORD" > /tmp/password
  chown postgres /tmp/password
  runuser -u postgres -- initdb -D $data -U "$POSTGRES_USER" --pwfile /tmp/password -A scram-sha-256
  echo "host all all all scram-sha-256" >> $data/pg_hba.conf
  echo "CREATE DATABASE \"$POSTGRES_USER\"" | runuser -u postgres -- postgres --single -D $data postgres
fi
exec setpriv --reuid postgres --regid postgres --clear-groups postgres -D $data -c "listen_addresses=*"
