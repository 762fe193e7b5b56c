/**
 * In which handshake, flight and transmission each record was sent. There are few different places, which all associations
 * share: a record has the number of one.
 */
import { NarrowColumn } from '../capture/columns/narrow-column.ts';

/** All 1-based; 0 outside handshakes, flights and transmissions. */
export interface FlightPlace {
  readonly handshake: number;
  readonly flight: number;
  readonly transmission: number;
}

const NOWHERE: FlightPlace = { handshake: 0, flight: 0, transmission: 0 };

export class FlightPlaces {
  readonly #numbers = new NarrowColumn(1);
  readonly #places: FlightPlace[] = [NOWHERE];
  readonly #byName = new Map<string, number>();

  get(record: number): FlightPlace {
    return this.#places[this.#numbers.get(record)] ?? NOWHERE;
  }

  set(records: Iterable<number>, place: FlightPlace): void {
    const number = this.#numberOf(place);
    for (const record of records) this.#numbers.set(record, number);
  }

  copy(from: number, to: number): void {
    this.#numbers.set(to, this.#numbers.get(from));
  }

  makeRoom(rows: number): void {
    this.#numbers.makeRoom(rows);
  }

  #numberOf(place: FlightPlace): number {
    const name = `${place.handshake} ${place.flight} ${place.transmission}`;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const number = this.#places.push(place) - 1;
    this.#byName.set(name, number);
    return number;
  }
}
