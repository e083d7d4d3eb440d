/** The course that the lecture draws, computed by the service: on the view in the address, or on the sample. */
import { getText, postFile, postJson } from "./api.js";
import { recall } from "./link.js";

let question = null;

export async function firstSteps() {
  const view = await recall();
  let series = view?.series;
  if (!series) {
    const sample = new File([await getText("/sample.csv")], "sample.csv", { type: "text/csv" });
    series = (await postFile("/read", sample)).series[0];
  }
  if (view) document.getElementById("nav-forecast").href = `/${location.hash}`;
  question = { views: series.views.slice(-1095), last_date: series.last_date };
  return { ...(await postJson("/lecture/steps", question)), name: view ? series.name : "sample.csv" };
}

export const ladderStep = () => postJson("/lecture/ladder", question);
