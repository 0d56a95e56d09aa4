// Dossiers that the tests make for themselves.

import { makeDossier } from './dossier_maker.js';

/** When the dossiers here were cosigned, and when the tests verify them. */
export const TIME = Date.UTC(2026, 10, 23, 8, 30) / 1000;

const VEHICLE = 'vin:KMHJ381ABMU123456';

const MARKUP = '<img src=x onerror="document.title=\'owned\'"><script>document.title=\'owned\'</script>';
const BIDI = 'sold \u202Eefas yrev\u202C \u2067x\u2069 \u0007 \u200B';

/** Fields that hold markup, controls that turn text around, and as much text as a statement can carry. */
export function hostileDossier() {
  return makeDossier({
    vehicle: VEHICLE,
    time: TIME,
    roles: ['dealer', 'workshop'],
    name: `${MARKUP.slice(0, 90)}\u202E`,
    issuer: 'https://hostile.example/"><b>',
    statements: [
      { typ: 'odometer.read', body: { odometer: { value: 48210, unit: 'km', instrument_state: MARKUP, method: BIDI } } },
      {
        typ: 'sale.listed',
        body: {
          channel: MARKUP,
          [MARKUP]: BIDI,
          __proto__x: { constructor: 'x', ['__proto__']: 'y' },
          listing_reference: 'W'.repeat(180_000),
          odometer: { value: 99999999999999, unit: 'parsec', instrument_state: null, method: [[[['deep']]]] },
        },
        personal: { price: { minor: 1, currency: '<b>' } },
        evidence: [{ sha256: 'c1'.repeat(32), kind: 'document', page: 2 }],
      },
      {
        typ: 'odometer.read',
        body: Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`field ${at}`, '\u0301'.repeat(20)])),
        personal: { secret: 'not shown' },
        disclose: false,
      },
    ],
  });
}

/** An ordinary history of thirty statements. */
export function longDossier() {
  const statements = Array.from({ length: 30 }, (_, at) => ({
    typ: 'odometer.read',
    event_time: `${2010 + Math.floor(at / 2)}-0${(at % 2) * 5 + 2}-11T10:20:00+09:00[Asia/Seoul]`,
    place: 'KRINC',
    body: { odometer: { value: 4000 + at * 7000, unit: 'km', instrument_state: 'working', method: 'seen' }, context: 'service' },
    personal: { note: `note ${at}` },
  }));
  return makeDossier({ vehicle: VEHICLE, time: TIME, roles: ['workshop'], name: 'Workshop', statements });
}
