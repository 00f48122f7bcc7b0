export const help = `npm run ops -- <command>: looks after a system.

  status [--json]                    every instance: ready or why not, version, parked events, how many wait
                                     in its queue, what it has to tell, how far it has read others
  parked list [service] [--json]     events that no handler could take
  parked replay <service> <id>...    hands them to their handlers again; all of them with --all
  parked drop <service> <id>...      forgets them for ever; all of them with --all
  rebuild <service> [--no-wait]      makes anew what the service keeps of others' events (budgets: mirror and
                                     totals). Until it is done, progress answers 503. No alert fires twice
  make-admin <email>                 makes the owner of a verified address an administrator
  rotate-keys [--compromised]        makes the next key that signs access tokens. Nobody is logged out; with
                                     --compromised the old keys end at once, and clients refresh
  reseal                             seals every secret anew with the first of ENCRYPTION_KEYS; afterwards the
                                     others can be taken out

Services: auth, records, budgets, notifications.

Where the system is:
  a system that npm start or npm run start:distributed runs on this machine is found in DATA_DIR (./data);
  one that npm start has run there and that does not run now is started for the time of the command (not for status);
  anywhere else by AUTH_URL, RECORDS_URL, BUDGETS_URL, NOTIFICATIONS_URL and INTERNAL_KEY, as its services have them.

Ends with 0 when it is done (status: when everything is ready), with 1 when it is not, with 2 when it was not understood.`;
