/** Where the records of an association belong: handshake, flight, transmission, and what they carry of it. */
import type { AnalysedAssociation, AnalysedHandshake } from './analyse.ts';
import { Recall } from './recall.ts';
import type { SentFlight, Transmission } from './transmissions.ts';

export interface Place {
  readonly handshake: AnalysedHandshake;
  readonly flight: SentFlight;
  readonly transmission: Transmission;
  readonly unit: Transmission['units'][number];
}

const told = new Recall<AnalysedAssociation['handshakes'], ReadonlyMap<number, Place>>();

/** By record; those outside flights have none. */
export function placesOf(association: AnalysedAssociation): ReadonlyMap<number, Place> {
  const before = told.get(association.handshakes);
  if (before) return before;
  const places = new Map<number, Place>();
  for (const handshake of association.handshakes)
    for (const flight of handshake.flights)
      for (const transmission of flight.transmissions)
        for (const unit of transmission.units) places.set(unit.record, { handshake, flight, transmission, unit });
  told.set(association.handshakes, places);
  return places;
}

/** Names of what these records carry of a flight, each once, in the order of the flight. */
export function namesOf(units: readonly Transmission['units'][number][]): string[] {
  const parts = new Set(units.flatMap((u) => u.pieces.map((p) => p.part)));
  return [...new Set([...parts].sort((a, b) => a.order - b.order).map((p) => p.name))];
}
