// The public name of the weather-hoax folder: its table.

export { WEATHER_HOAX } from './table.ts';
