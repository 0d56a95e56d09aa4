// Vehicle ids: `vin:` and 17 characters, or `frame:` and a Japanese frame number, one spelling for one number.

/** Whether this is a canonical id. */
export function isVehicleId(text) {
  if (/^vin:[0-9A-HJ-NPR-Z]{17}$/.test(text)) return true;
  const frame = /^frame:([A-Z0-9]{2,9})-[0-9]{4,8}$/.exec(text);
  return frame !== null && /[A-Z]/.test(frame[1]);
}

/** The canonical id of what a person types, white space and letter case ignored; null where it is none. */
export function vehicleIdFromTyped(text) {
  const compact = text.replace(/\p{White_Space}/gu, '').replace(/[a-z]/g, (letter) => letter.toUpperCase());
  const typed = compact.replace(/^(VIN|FRAME):/, '');
  const kind = /^VIN:/.test(compact) ? 'vin' : /^FRAME:/.test(compact) || typed.includes('-') ? 'frame' : 'vin';
  const id = `${kind}:${typed}`;
  return isVehicleId(id) ? id : null;
}
