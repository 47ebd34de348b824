// The words of X-ray in English.

export const words = {
  xrayClear: 'Clear',
  xrayCurl: 'Copy as curl',
  xrayEvent: 'event',
  xrayGone: 'The server does not keep this one any more.',
  xrayIs:
    'A look inside, for lessons. A panel shows each request that this page sends, what your token says, the SQL that the server ran with its plan, and each event as it comes.',
  xrayMore: '{count} more statements are left out.',
  xrayNoSql: 'Nothing was asked of the database: it was all in memory.',
  xrayNothing: 'Click around: what happens shows up here.',
  xrayNow: 'It is on. Close this and click around.',
  xrayOff: 'Turn X-ray off',
  xrayOn: 'Show the panel',
  xrayOnlyYours:
    'You see your own requests and nobody else’s. The server keeps the newest for a while, in memory, without values and without the token’s signature.',
  xraySent: 'What was sent',
  xraySql: 'SQL and its plan',
  xrayTold: 'Events told',
  xrayToldNothing: 'None',
  xrayToken: 'What the token says',
};

export const counted = {};
