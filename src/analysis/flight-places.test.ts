/** Places of records in the flights of their handshakes. */
import { expect, test } from 'vitest';
import { FlightPlaces } from './flight-places.ts';

const placesFor = (rows: number) => {
  const places = new FlightPlaces();
  places.makeRoom(rows);
  return places;
};

test('a record is outside of all flights until it is given a place', () => {
  const places = placesFor(3);
  places.set([1], { handshake: 1, flight: 4, transmission: 2 });
  expect(places.get(0)).toEqual({ handshake: 0, flight: 0, transmission: 0 });
  expect(places.get(1)).toEqual({ handshake: 1, flight: 4, transmission: 2 });
  expect(places.get(9)).toEqual(places.get(0));
});

test('a copy has the place of its original, also where that has none', () => {
  const places = placesFor(3);
  places.set([0, 1], { handshake: 1, flight: 1, transmission: 1 });
  places.copy(0, 2);
  expect(places.get(2)).toEqual({ handshake: 1, flight: 1, transmission: 1 });
  places.copy(9, 2);
  expect(places.get(2).flight).toBe(0);
});

test('there may be any number of places', () => {
  const places = placesFor(70_000);
  for (let i = 0; i < 70_000; i++) places.set([i], { handshake: 1 + (i % 7), flight: 1 + i, transmission: i });
  for (const i of [0, 253, 254, 255, 256, 65_535, 65_536, 69_999])
    expect(places.get(i)).toEqual({ handshake: 1 + (i % 7), flight: 1 + i, transmission: i });
});
